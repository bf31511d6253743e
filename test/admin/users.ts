// The users of the Node-RED of these tests, and what each may do.

export const USERS = {
  /** All. */
  admin: '*',
  /** Reads everything, changes nothing. */
  reader: 'read',
  /** Reads of Node-RED only what this package has. */
  watcher: 'mfc.read',
  /** Changes routes without reading them. */
  writer: 'mfc.write',
  /** Reads and changes routes, and nothing else. */
  editor: ['mfc.write', 'mfc.read'],
  /** Has nothing to do with this package. */
  author: 'flows.write',
} as const;

export type UserName = keyof typeof USERS;
