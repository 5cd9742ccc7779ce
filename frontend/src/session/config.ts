/* The differences between installations. nginx writes /config.json from its environment. */
export interface Config {
  region: string;
  userPoolId: string;
  userPoolClientId: string;
  /** Address of a stand-in; empty for the region's own Cognito. */
  cognitoEndpoint: string;
  /** Origin of the API; empty if it is the page's own. */
  apiUrl: string;
}

async function load(): Promise<Config> {
  const response = await fetch('/config.json');
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
