// cruddur.ts - all of it: the stacks of an installation, in the order in which bin/deploy makes them.
import { App as CdkApp, type AppProps, Tags } from 'aws-cdk-lib';

import { Alarms } from './alarms.ts';
import { App } from './app.ts';
import { Data } from './data.ts';
import { Network } from './network.ts';
import { Pages } from './pages.ts';
import { People } from './people.ts';
import { Pipeline } from './pipeline.ts';
import { Registry } from './registry.ts';
import type { Settings } from './settings.ts';
import { Tasks } from './tasks.ts';

export function makeApp(settings: Settings, props?: AppProps): CdkApp {
  const cdk = new CdkApp(props);
  addStacks(cdk, settings);
  return cdk;
}

export function addStacks(cdk: CdkApp, settings: Settings): void {
  const registry = new Registry(cdk, settings);
  const network = new Network(cdk, settings);
  const data = new Data(cdk, settings, network);
  const people = new People(cdk, settings);
  const pages = new Pages(cdk, settings, network);
  const surroundings = { settings, registry, data, people, pages };
  const tasks = new Tasks(cdk, network, surroundings);
  const app = new App(cdk, network, tasks, surroundings);
  new Alarms(cdk, app, surroundings);
  if (settings.repository) new Pipeline(cdk, settings, registry);
  Tags.of(cdk).add('cruddur', settings.name);
}
