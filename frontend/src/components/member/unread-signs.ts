/* Signs outside of the page for what is unread: a dot on the tab's icon, a number on the installed page's. */
import { useEffect } from 'react';

export function useUnreadSigns(unread: number) {
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[type="image/svg+xml"]');
    icon?.setAttribute('href', unread > 0 ? '/favicon-unread.svg' : '/favicon.svg');
    // Only browsers with installed pages have it; some refuse it to a page that may not notify.
    if ('setAppBadge' in navigator) navigator.setAppBadge(unread).catch(() => {});
  }, [unread]);
}
