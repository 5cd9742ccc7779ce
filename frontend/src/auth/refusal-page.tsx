/* Instead of every page, for a member whose account is refused. */
import { useDocumentTitle } from '../components/document-title';
import { Notice } from '../components/notice';
import { HandlePage } from './handle-page';
import type { RefusalCode } from './refusal-codes';

function SuspendedPage() {
  useDocumentTitle('Account suspended');
  return (
    <Notice title="Your account is suspended" page>
      <p>
        While it is, nobody sees what you have posted, and you can’t post or write to anybody. What
        you wrote is kept until it expires. If you think that this is a mistake, tell the people who
        run this site.
      </p>
    </Notice>
  );
}

export default function RefusalPage({ code }: { code: RefusalCode }) {
  return code === 'account_suspended' ? <SuspendedPage /> : <HandlePage code={code} />;
}
