/* How an authenticator app gets the secret of an account. */
import '../styles/password.css';

import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { groupsOf, otpauthUri } from '../base/otpauth';
import { part } from './later';

const QrCode = part(() => import('./qr-code'), <span className="qr" />);

export function Authenticator({ account, secret }: { account: string; secret: string }) {
  const uri = otpauthUri(account, secret);
  return (
    <div className="authenticator">
      <QrCode text={uri} label={t`QR code for your authenticator app`} />
      <div>
        <p>
          <Trans>
            Scan this with an authenticator app, or <a href={uri}>open the app of this device</a>. Or
            type this key into it:
          </Trans>
        </p>
        <p>
          <code className="secret" dir="ltr">
            {groupsOf(secret)}
          </code>
        </p>
      </div>
    </div>
  );
}
