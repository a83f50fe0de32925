interface Place {
  tenant: string;
  subject: string;
  field: string;
}

/** The subject is the session, so that one conversation can be erased. */
export function titlePlace(tenant: string, sessionId: string): Place {
  return { tenant, subject: sessionId, field: 'title' };
}

/** Each message has a field of its own, so that no text can stand in the place of another. */
export function messagePlace(tenant: string, sessionId: string, messageId: string): Place {
  return { tenant, subject: sessionId, field: `message.${messageId}` };
}
