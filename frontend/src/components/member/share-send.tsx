/* Sends a text as a message: whom to, then the conversation, with the text as its draft. */
import { fetchJson } from '../../api/http';
import { Problem } from '../../api/problem';
import type { MessageGroup } from '../../api/types';
import { useNavigate } from '../../base/router';
import { conversationOf, type Target } from '../../outbox/entry';
import { readDraft, writeDraft } from '../../session/drafts';
import { problemText } from '../problem-text';
import { ChoosePerson } from './choose-person';

/** The conversation with a person; without one, the person. */
async function targetOf(handle: string): Promise<Target> {
  try {
    const path = `/api/message_groups/@${encodeURIComponent(handle)}`;
    const { uuid } = await fetchJson<MessageGroup>(path);
    return { message_group_uuid: uuid };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return { handle };
    throw error;
  }
}

/** Add the text to the draft of the conversation. */
function addToDraft(to: Target, text: string) {
  const name = `message:${conversationOf(to)}`;
  const draft = readDraft(name);
  writeDraft(name, { ...draft, text: draft.text ? `${draft.text}\n${text}` : text, focus: true });
}

export default function SendDialog({ text, onClose }: { text: string; onClose: () => void }) {
  const navigate = useNavigate();
  const choose = async (handle: string) => {
    try {
      const to = await targetOf(handle);
      addToDraft(to, text);
      onClose();
      await navigate('handle' in to ? `/messages/new/${handle}` : `/messages/${to.message_group_uuid}`);
      return undefined;
    } catch (problem) {
      return problem instanceof Problem ? problemText(problem) : undefined;
    }
  };
  return <ChoosePerson onChoose={choose} onClose={onClose} />;
}
