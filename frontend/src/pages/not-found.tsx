/* A path that is no page. */
export { NotFoundPage as default } from '../components/not-found';
