/* Whom to write to, then the conversation with that person. */
import { useNavigate } from '../base/router';
import { ChoosePerson } from '../components/member/choose-person';

export function NewMessage({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const choose = async (handle: string) => {
    onClose();
    await navigate(`/messages/new/${handle}`);
    return undefined;
  };
  return <ChoosePerson onChoose={choose} onClose={onClose} />;
}
