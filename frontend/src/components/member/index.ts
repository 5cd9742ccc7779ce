/* The parts of the first page for signed-in people only; for-members.tsx loads them. */
export { CrudDelete, CrudMarks } from './crud-actions';
export { NewCrud } from './new-crud';
export { OutboxNote } from './outbox-note';
export { SignOut } from './sign-out';
