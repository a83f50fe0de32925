import { z } from 'zod';
import { reportOf } from '../../schema/run/diagnosis-reports';
import type { DiagnosisReport } from '../../schema/run/failure-category';
import type { Diagnosis } from '../../schema/run/parts';
import type { Run } from '../../schema/run/types';
import type { RunDetailsRow } from './sql';

const points = z.array(z.string());
const written: z.ZodType<DiagnosisReport> = z.object({ summary: z.string().min(1), likelyCauses: points, recommendedFixes: points, nextChecks: points });

/** Why the run failed: as a model wrote it of this attempt, otherwise what there is to say of such failures. */
export function diagnosisOf({ failureCategory, attempt }: Run, details: RunDetailsRow | undefined): Diagnosis | null {
  if (failureCategory === null) return null;
  const report = details && details.diagnosis_attempt === attempt ? reportIn(details.diagnosis) : undefined;
  return { category: failureCategory, ...(report ?? reportOf(failureCategory)), model: report ? details!.diagnosis_model : null };
}

/** Undefined for a text that is no report: then what the category says is shown. */
function reportIn(text: string | null): DiagnosisReport | undefined {
  if (text === null) return undefined;
  try {
    return written.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
