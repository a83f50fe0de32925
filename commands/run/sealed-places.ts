interface Place {
  tenant: string;
  subject: string;
  field: string;
}

/** A run, as the log knows it. */
export interface RunPlace {
  tenant: string;
  runId: string;
}

// The subject is the run, so that one run can be erased. Each text has a field of its own, so that none can stand in the place of another.
const placeOf = ({ tenant, runId }: RunPlace, field: string): Place => ({ tenant, subject: runId, field });

/** What was asked for. */
export const parametersPlace = (run: RunPlace): Place => placeOf(run, 'parameters');
/** What was sent to the vendor, redacted. */
export const requestPlace = (run: RunPlace, attempt: number): Place => placeOf(run, `request.${attempt}`);
/** The vendor's last answer, redacted. */
export const responsePlace = (run: RunPlace, attempt: number): Place => placeOf(run, `response.${attempt}`);
/** What a model made of a failure. */
export const reportPlace = (run: RunPlace, attempt: number): Place => placeOf(run, `report.${attempt}`);
/** The vendor's own address of a file. */
export const sourcePlace = (run: RunPlace, outputId: string): Place => placeOf(run, `source.${outputId}`);
