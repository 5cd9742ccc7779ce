/*
 * The router: pages by path, links, and the address in hooks. Its names and their meanings are those of
 * React Router's declarative mode, of which it has what the pages use; regexparam reads the patterns
 * (paths.ts). The page that is shown stays until the code of the next one is there: navigations are
 * transitions of React.
 */
import {
  Children,
  type ComponentProps,
  createContext,
  Fragment,
  isValidElement,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  startTransition,
  use,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react';

import { firstVisit, go, type NavigateOptions, nextVisit, type Visit } from './history';
import { type Branch, find, isCurrent, isOurs, match, type Params } from './paths';

export { hasPageBefore } from './history';

/** A number goes back (-1) or forward. Fulfilled when the address has changed. */
type Navigate = (to: string | number, options?: NavigateOptions) => Promise<void>;

interface Router {
  visit: Visit;
  navigate: Navigate;
}

/** Exported for tests, which have no browser. */
export const RouterContext = createContext<Router | null>(null);

function useRouter(): Router {
  const router = use(RouterContext);
  if (!router) throw new Error('There is no router around this.');
  return router;
}

export function BrowserRouter({ children }: { children: ReactNode }) {
  const [visit, setVisit] = useState(firstVisit);
  const [navigate] = useState(() => (to: string | number, options: NavigateOptions = {}) => {
    if (typeof to === 'number') {
      const moved = new Promise<void>((resolve) =>
        window.addEventListener('popstate', () => resolve(), { once: true }),
      );
      window.history.go(to);
      return moved;
    }
    const next = go(to, options);
    startTransition(() => setVisit(next));
    return Promise.resolve();
  });
  useLayoutEffect(() => {
    const onPop = () => {
      const next = nextVisit();
      startTransition(() => setVisit(next));
    };
    window.addEventListener('popstate', onPop);
    return () => window.removeEventListener('popstate', onPop);
  }, []);
  const router = useMemo(() => ({ visit, navigate }), [visit, navigate]);
  return <RouterContext value={router}>{children}</RouterContext>;
}

// --- the address --------------------------------------------------------------------------------------
export const useLocation = () => useRouter().visit.location;
export const useNavigationType = () => useRouter().visit.type;
export const useNavigate = () => useRouter().navigate;

/** Whether the page that is shown next begins where the reader is. */
export const usePreventScrollReset = () => useRouter().visit.preventScrollReset;

/** The parameters of a path that matches the pattern as a whole, else null. */
export const useMatch = (pattern: string): Params | null => match(pattern, useLocation().pathname);

export function useSearchParams() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const parameters = useMemo(() => new URLSearchParams(search), [search]);
  const change = (to: Record<string, string>, options?: NavigateOptions) => {
    const query = new URLSearchParams(to).toString();
    void navigate(pathname + (query && `?${query}`), options);
  };
  return [parameters, change] as const;
}

// --- pages ----------------------------------------------------------------------------------------------
interface RouteProps {
  /** Without a slash at its start it goes on from its parent's. */
  path?: string;
  element: ReactNode;
  children?: ReactNode;
}

/** Says something to the Routes around it, and shows nothing itself. */
export const Route: (props: RouteProps) => ReactNode = () => null;

interface Page extends Branch {
  element: ReactNode;
  children: Page[];
}

function pagesIn(children: ReactNode): Page[] {
  return Children.toArray(children).flatMap((child) => {
    if (!isValidElement(child)) return [];
    if (child.type === Fragment) return pagesIn((child.props as { children?: ReactNode }).children);
    const { path, element, children: below } = (child as ReactElement<RouteProps>).props;
    return [{ path, element, children: pagesIn(below) }];
  });
}

interface Place {
  params: Params;
  outlet: ReactNode;
}

const PlaceContext = createContext<Place>({ params: {}, outlet: null });
const OutletContext = createContext<unknown>(undefined);

/** The first Route below it whose path matches, inside of its parents. */
export function Routes({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  const found = find(pagesIn(children), pathname);
  if (!found) return null;
  const { chain, params } = found;
  return chain.reduceRight<ReactNode>(
    (outlet, { element }) => <PlaceContext value={{ params, outlet }}>{element}</PlaceContext>,
    null,
  );
}

/** Where a parent shows the page below it. */
export function Outlet({ context }: { context?: unknown }) {
  const { outlet } = use(PlaceContext);
  return <OutletContext value={context}>{outlet}</OutletContext>;
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the parent knows the type
export const useOutletContext = <T,>() => use(OutletContext) as T;
export const useParams = (): Partial<Params> => use(PlaceContext).params;

// --- links ----------------------------------------------------------------------------------------------
interface LinkProps extends Omit<ComponentProps<'a'>, 'href'>, NavigateOptions {
  /** An address of this site. */
  to: string;
}

/** A link that shows the page without loading it; everything else is left to the browser. */
export function Link({
  to,
  replace,
  state,
  preventScrollReset,
  onClick,
  children,
  ...rest
}: LinkProps) {
  const navigate = useNavigate();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || !isOurs(event, event.currentTarget, window.location.origin)) return;
    event.preventDefault();
    void navigate(to, { replace, state, preventScrollReset });
  };
  return (
    <a {...rest} href={to} onClick={follow}>
      {children}
    </a>
  );
}

/** A link that says whether it is the one of the page: by aria-current, and the class `active`. */
export function NavLink({
  end = false,
  className,
  'aria-current': current = 'page',
  ...rest
}: LinkProps & {
  /** Not also on the pages below it. */
  end?: boolean;
}) {
  const { pathname } = useLocation();
  const active = isCurrent(rest.to, pathname, end);
  return (
    <Link
      {...rest}
      className={active ? [className, 'active'].filter(Boolean).join(' ') : className}
      aria-current={active ? current : undefined}
    />
  );
}

/** Goes elsewhere as soon as it is shown. */
export function Navigate({ to, replace, state }: NavigateOptions & { to: string }) {
  const navigate = useNavigate();
  useEffect(() => {
    void navigate(to, { replace, state });
  }, [navigate, to, replace, state]);
  return null;
}
