/* The parts of the first page for signed-in people only; for-members.tsx loads them. */
export { showCopies } from '../../live/copies';
export { AccountMenu } from './account-menu';
export { AsOf } from './as-of';
export { CrudMarks, EndingHint } from './crud-actions';
export { HomeTabs } from './home-tabs';
export { NewCrud, NewCrudButton } from './new-crud';
export { default as NewCruds } from '../new-cruds';
export { OutboxNote } from './outbox-note';
