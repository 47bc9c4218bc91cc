export { changeUsers, listUsers, MAX_USERS, type JobUser, type UserPage } from './users';
export { followHeader } from './header';
export { parseUsers, problemOf, UsersError, type LineError } from './csv';
