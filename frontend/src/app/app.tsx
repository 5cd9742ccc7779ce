/* The paths and their pages. All pages except Home are loaded when they are first opened. */
import { lazy, Suspense } from 'react';
import { Route, Routes, useParams } from 'react-router';

import { SignedIn } from '../auth/signed-in';
import { Skeleton } from '../components/skeleton';
import { HomePage } from '../pages/home';
import { Boundary } from './boundary';
import { Layout } from './layout';

const ConversationsPage = lazy(() => import('../messages/conversations-page'));
const ThreadPage = lazy(() => import('../messages/thread-page'));
const NewThreadPage = lazy(() => import('../messages/new-thread-page'));
const NotificationsPage = lazy(() => import('../pages/notifications'));
const NotFoundPage = lazy(() => import('../pages/not-found'));
const FollowingPage = lazy(() => import('../pages/following'));
const PeoplePage = lazy(() => import('../pages/people'));
const PersonPage = lazy(() => import('../pages/person'));
const SearchPage = lazy(() => import('../pages/search'));
const StatusPage = lazy(() => import('../pages/status'));
const SignInPage = lazy(() => import('../auth/sign-in-page'));
const SignUpPage = lazy(() => import('../auth/sign-up-page'));
const ConfirmPage = lazy(() => import('../auth/confirm-page'));
const ForgotPage = lazy(() => import('../auth/forgot-page'));

/** `/@handle`: the router's patterns match whole segments only, so the @ is checked here. */
function Person() {
  const { at = '' } = useParams();
  return at.startsWith('@') ? <PersonPage key={at} handle={at.slice(1)} /> : <NotFoundPage />;
}

function Status() {
  const { at = '', uuid = '' } = useParams();
  if (!at.startsWith('@')) return <NotFoundPage />;
  return <StatusPage key={uuid} handle={at.slice(1)} uuid={uuid} />;
}

export function App() {
  return (
    <Boundary>
      <Suspense fallback={<Skeleton />}>
        <Routes>
          <Route path="/signin" element={<SignInPage />} />
          <Route path="/signup" element={<SignUpPage />} />
          <Route path="/confirm" element={<ConfirmPage />} />
          <Route path="/forgot" element={<ForgotPage />} />
          <Route element={<Layout />}>
            <Route path="/" element={<HomePage />} />
            <Route path="/search" element={<SearchPage />} />
            <Route element={<SignedIn />}>
              <Route path="/notifications" element={<NotificationsPage />} />
              <Route path="/following" element={<FollowingPage />} />
              <Route path="/people/:list" element={<PeoplePage />} />
              <Route path="/messages" element={<ConversationsPage />}>
                <Route path="new/:handle" element={<NewThreadPage />} />
                <Route path=":group" element={<ThreadPage />} />
              </Route>
            </Route>
            <Route path="/:at" element={<Person />} />
            <Route path="/:at/:list" element={<PeoplePage />} />
            <Route path="/:at/status/:uuid" element={<Status />} />
            <Route path="*" element={<NotFoundPage />} />
          </Route>
        </Routes>
      </Suspense>
    </Boundary>
  );
}
