/** A short name for addresses and files, as a tenant's name suggests it; empty where it has no Latin letters or digits. */
export const slugOf = (name: string): string => name.normalize('NFKD').toLowerCase()
  .replace(/[^a-z0-9\s_-]/g, '').trim().replace(/[\s_-]+/g, '-').slice(0, 40).replace(/^-|-$/g, '');
