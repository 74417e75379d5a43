/** Who may do what with a room, as one table. Roles are told apart elsewhere; nothing here knows tokens or requests. */

/** `guest` is anybody who knows the room's id; `owner` has shown the owner token. */
export type Role = 'guest' | 'owner';
export type Action = 'read' | 'edit' | 'configure' | 'delete';

const allowed: Readonly<Record<Action, readonly Role[]>> = {
  read: ['guest', 'owner'],
  edit: ['guest', 'owner'],
  configure: ['owner'],
  delete: ['owner'],
};

export function may(role: Role, action: Action): boolean {
  return allowed[action].includes(role);
}
