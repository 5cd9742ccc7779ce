import type { Crud, CrudWithReplies } from './types';

/** The cruds that a crud answers. A server of the previous release does not tell them. */
export const ancestorsOf = ({ ancestors }: Partial<CrudWithReplies>): Crud[] => ancestors ?? [];
