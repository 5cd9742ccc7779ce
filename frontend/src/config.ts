/* What differs between installations; nginx serves it, written from its environment. */
export interface Config {
  region: string;
  userPoolId: string;
  userPoolClientId: string;
  /** Empty for the region's own Cognito; the address of a stand-in otherwise. */
  cognitoEndpoint: string;
  /** Origin of the API; empty when it is the page's own. */
  apiUrl: string;
}

async function load(): Promise<Config> {
  const response = await fetch('/config.json');
  if (!response.ok) throw new Error(`/config.json: ${response.status}`);
  return (await response.json()) as Config;
}

let loading: Promise<Config> | undefined;

/** Loaded once; a failed attempt is forgotten, so that asking again tries again. */
export function config(): Promise<Config> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
