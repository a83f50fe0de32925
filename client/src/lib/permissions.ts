export type Role = 'OWNER' | 'ADMIN' | 'AUDITOR' | 'USER';

/** What the screens offer. The server decides; this only keeps people from buttons that would be refused. */
export type Permission = 'manageUsers' | 'manageKeys' | 'managePools' | 'readOperation' | 'readAccess' | 'readLedger' | 'chat';

const granted: Record<Role, readonly Permission[]> = {
  OWNER: ['manageUsers', 'manageKeys', 'managePools', 'readOperation', 'readAccess', 'readLedger', 'chat'],
  ADMIN: ['manageUsers', 'manageKeys', 'managePools', 'readOperation', 'readAccess', 'readLedger', 'chat'],
  AUDITOR: ['readOperation', 'readAccess', 'readLedger'],
  USER: ['chat'],
};

export const may = (role: Role, permission: Permission): boolean => granted[role].includes(permission);
