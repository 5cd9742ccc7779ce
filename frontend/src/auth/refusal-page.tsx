/* Instead of every page, for a member whose account is refused. */
import { t } from '@lingui/core/macro';

import { useDocumentTitle } from '../components/document-title';
import { HandlePage } from './handle-page';
import type { RefusalCode } from './refusal-codes';

function SuspendedPage() {
  useDocumentTitle(t`Account suspended`);
  return (
    <div className="column">
      <section className="card">
        <h1>{t`Your account is suspended`}</h1>
        <p>
          {t`While it is, nobody sees what you have posted, and you can’t post or write to anybody. What you wrote is kept until it expires.`}
        </p>
        <p>{t`If you think that this is a mistake, tell the people who run this site.`}</p>
      </section>
    </div>
  );
}

export default function RefusalPage({ code }: { code: RefusalCode }) {
  return code === 'account_suspended' ? <SuspendedPage /> : <HandlePage code={code} />;
}
