/* The paths and their pages. All pages except Home are loaded when they are first opened. */
import { Suspense } from 'react';

import { SignedIn } from '../auth/signed-in';
import { Route, Routes, useParams } from '../base/router';
import { page } from '../components/later';
import { Skeleton } from '../components/skeleton';
import { HomePage } from '../pages/home';
import { Boundary } from './boundary';
import { Layout } from './layout';

const ConversationsPage = page(() => import('../messages/conversations-page'));
const ThreadPage = page(() => import('../messages/thread-page'));
const NewThreadPage = page(() => import('../messages/new-thread-page'));
const NotificationsPage = page(() => import('../pages/notifications'));
const NotFoundPage = page(() => import('../pages/not-found'));
const FurtherPage = page(() => import('./further-page'));
const PersonPage = page(() => import('../pages/person'));
const SearchPage = page(() => import('../pages/search'));
const StatusPage = page(() => import('../pages/status'));
const SignInPage = page(() => import('../auth/sign-in-page'));

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
          <Route path="/signup" element={<FurtherPage name="signUp" />} />
          <Route path="/confirm" element={<FurtherPage name="confirm" />} />
          <Route path="/forgot" element={<FurtherPage name="forgot" />} />
          <Route element={<Layout />}>
            <Route path="/" element={<HomePage />} />
            <Route path="/search" element={<SearchPage />} />
            <Route element={<SignedIn />}>
              <Route path="/notifications/:list?" element={<NotificationsPage />} />
              <Route path="/following" element={<FurtherPage name="following" />} />
              <Route path="/bookmarks" element={<FurtherPage name="bookmarks" />} />
              <Route path="/people/:list" element={<FurtherPage name="people" />} />
              <Route path="/moderation/:state?" element={<FurtherPage name="moderation" />} />
              <Route path="/settings/:part?" element={<FurtherPage name="settings" />} />
              <Route path="/welcome" element={<FurtherPage name="welcome" />} />
              <Route path="/messages" element={<ConversationsPage />}>
                <Route path="new/:handle" element={<NewThreadPage />} />
                <Route path=":group" element={<ThreadPage />} />
              </Route>
            </Route>
            <Route path="/:at" element={<Person />} />
            <Route path="/:at/:list" element={<FurtherPage name="people" />} />
            <Route path="/:at/status/:uuid" element={<Status />} />
            <Route path="*" element={<NotFoundPage />} />
          </Route>
        </Routes>
      </Suspense>
    </Boundary>
  );
}
