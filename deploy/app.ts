// app.ts - what `cdk` runs. Its context: settings, the path of a file (settings.json), and version, the tag
// of the images.
import path from 'node:path';

import { App } from 'aws-cdk-lib';

import { addStacks } from './lib/cruddur.ts';
import { settingsOf } from './lib/settings.ts';

const cdk = new App();
const file = cdk.node.tryGetContext('settings') ?? path.join(import.meta.dirname, 'settings.json');
addStacks(cdk, settingsOf(file, cdk.node.tryGetContext('version')));
cdk.synth();
