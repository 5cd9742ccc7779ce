/* The differences between installations. nginx writes /config.json from its environment. */
export interface Config {
  region: string;
  userPoolId: string;
  userPoolClientId: string;
  /** Address of Cognito: the region's own, or a stand-in. */
  cognitoEndpoint: string;
  cognitoStandIn: boolean;
  /** Origin of the API; empty if it is the page's own. */
  apiUrl: string;
}

declare global {
  interface Window {
    /** Answers that start.js asked for before this code was there, by path. */
    early?: Record<string, Promise<Response | undefined> | undefined>;
  }
}

/** An early answer, once; undefined if it was not asked for, was taken before, or did not come. */
export function takeEarly(path: string): Promise<Response | undefined> | undefined {
  const { early } = window;
  const answer = early?.[path];
  if (early && answer) early[path] = undefined;
  return answer;
}

async function load(): Promise<Config> {
  const early = await takeEarly('/config.json');
  const response = early?.ok ? early : await fetch('/config.json');
  if (!response.ok) throw new Error(`/config.json: ${response.status}`);
  return (await response.json()) as Config;
}

let loading: Promise<Config> | undefined;

/** Loaded once; after a failure the next call tries again. */
export function config(): Promise<Config> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
