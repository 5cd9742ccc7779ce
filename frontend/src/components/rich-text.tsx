import { Link } from '../base/router';
import { segments } from '../base/text';

/** A text with clickable links, mentions and tags. */
export function RichText({ text, tabIndex }: { text: string; tabIndex?: number | undefined }) {
  return segments(text).map((segment, index) => {
    switch (segment.kind) {
      case 'text':
        return segment.text;
      case 'link':
        return (
          <a
            key={index}
            tabIndex={tabIndex}
            href={segment.to}
            title={segment.host}
            target="_blank"
            rel="noopener noreferrer nofollow"
          >
            {segment.text}
          </a>
        );
      default:
        return (
          <Link key={index} tabIndex={tabIndex} to={segment.to}>
            {segment.text}
          </Link>
        );
    }
  });
}
