/* The menu of a crud for somebody who is signed in, and what its entries ask. */
import { t } from '@lingui/core/macro';
import { useState } from 'react';

import { pathOf } from '../api/cruds';
import { useDelete } from '../api/mutations';
import { useMyHandle } from '../api/people';
import { isolated } from '../base/characters';
import { send } from '../outbox/entries';
import { copyAddress, CopyDialog } from './copy-link';
import type { CrudMenuProps } from './crud-menu-props';
import { Confirm } from './dialog';
import { BOOKMARK, FLAG } from './icon-paths';
import { useMarked } from './member/marked';
import { dialog } from './later';
import { Menu, MenuButton } from './menu';
import { problemText } from './problem-text';
import { toast } from './toast';

const ReportMenu = dialog(() => import('./report'));

type Props = Omit<CrudMenuProps, 'open'>;

function DeleteCrud({ crud, onDeleted, onClose }: Omit<Props, 'button'>) {
  const { mutate, isPending, error } = useDelete(crud);
  const remove = () =>
    mutate(undefined, {
      onSuccess: () => {
        onClose();
        toast(t`Crud deleted`);
        onDeleted?.();
      },
    });
  return (
    <Confirm
      title={t`Delete this crud?`}
      text={t`This removes it for everyone and can’t be undone.`}
      action={t`Delete`}
      busy={isPending}
      error={error ? problemText(error) : undefined}
      onConfirm={remove}
      onClose={onClose}
    />
  );
}

function Entries({ crud: read, button, onClose, onAsk }: Props & { onAsk: (what: Asked) => void }) {
  const crud = useMarked(read);
  const mine = useMyHandle() === crud.handle;
  const { uuid, bookmarked = false } = crud;
  const copy = async () => {
    if (!(await copyAddress(pathOf(crud)))) onAsk('copy');
  };
  return (
    <Menu button={button} label={t`More`} onClose={onClose}>
      <MenuButton
        icon={{ path: BOOKMARK, filled: bookmarked }}
        onChoose={() => send({ kind: 'mark', mark: 'bookmark', uuid, on: !bookmarked })}
      >
        {bookmarked ? t`Remove bookmark` : t`Bookmark`}
      </MenuButton>
      <MenuButton icon={{ name: 'link' }} onChoose={() => void copy()}>
        {t`Copy link`}
      </MenuButton>
      {mine ? (
        <MenuButton icon={{ name: 'trash' }} danger onChoose={() => onAsk('delete')}>
          {t`Delete`}
        </MenuButton>
      ) : (
        <MenuButton icon={{ path: FLAG }} onChoose={() => onAsk('report')}>
          {t`Report this crud`}
        </MenuButton>
      )}
    </Menu>
  );
}

type Asked = 'copy' | 'delete' | 'report' | undefined;

export default function CrudOptions({ open, ...props }: CrudMenuProps) {
  const { crud, onDeleted } = props;
  const name = isolated(crud.display_name);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <>
      {open && <Entries {...props} onAsk={setAsked} />}
      {asked === 'copy' && <CopyDialog path={pathOf(crud)} onClose={close} />}
      {asked === 'delete' && <DeleteCrud crud={crud} onDeleted={onDeleted} onClose={close} />}
      {asked === 'report' && (
        <ReportMenu
          title={t`Crud by ${name}`}
          subjects={[{ label: t`Report this crud`, subject: { activity_uuid: crud.uuid } }]}
          direct
          onClose={close}
        />
      )}
    </>
  );
}
