import { encode } from 'uqr';

import { modulesPath } from '../base/otpauth';

/** Light modules around the code, as ISO/IEC 18004 wants them. */
const BORDER = 4;

/** Dark on white in every scheme: some cameras do not read the inverse. */
export default function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: BORDER });
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
      <path d={modulesPath(data)} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
