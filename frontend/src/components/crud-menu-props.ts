import type { Crud } from '../api/types';
import type { LoadedMenuProps } from './menu-button';

export interface CrudMenuProps extends LoadedMenuProps {
  crud: Crud;
  onDeleted: (() => void) | undefined;
}
