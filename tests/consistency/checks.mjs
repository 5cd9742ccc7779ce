// checks.mjs - all the checks, by name.
import architecture from './architecture.mjs';
import constants from './constants.mjs';
import containers from './containers.mjs';
import english from './english.mjs';
import environment from './environment.mjs';
import grammar from './grammar.mjs';
import layers from './layers.mjs';
import metrics from './metrics.mjs';
import publications from './publications.mjs';
import queries from './queries.mjs';
import requests from './requests.mjs';
import rights from './rights.mjs';
import routes from './routes.mjs';
import tests from './tests.mjs';
import { Tree } from './tree.mjs';

const CHECKS = {
  routes,
  layers,
  architecture,
  tests,
  queries,
  requests,
  metrics,
  publications,
  environment,
  rights,
  constants,
  containers,
  english,
  grammar,
};

// Where the check was called: FILE.mjs:LINE.
const placeOf = ({ stack }) => /consistency\/(\w+\.mjs:\d+):\d+/.exec(stack.split('\n')[2])?.[1];

// Run some checks, or all, on the checkout at `root`. Returns how many statements hold, and the
// findings: the text, one line, and the place of the check; and notes, which are for information.
export function run(root, names = []) {
  const tree = new Tree(root);
  const findings = [];
  const notes = [];
  let passed = 0;
  const check = (holds, text) => {
    if (holds) passed++;
    else findings.push({ text, place: placeOf(new Error()) });
  };
  for (const name of names.length > 0 ? names : Object.keys(CHECKS)) {
    if (!CHECKS[name]) throw new Error(`no check ${name}: ${Object.keys(CHECKS).join(', ')}`);
    CHECKS[name](tree, check, (text) => notes.push(text));
  }
  return { passed, findings, notes };
}
