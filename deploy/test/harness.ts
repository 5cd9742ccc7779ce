// harness.ts - synthesises the stacks without an account and without a network, once for each settings, and
// finds things in their templates.
import fs from 'node:fs';
import path from 'node:path';

import { makeApp } from '../lib/cruddur.ts';
import { checked, type Settings } from '../lib/settings.ts';
import { EXAMPLE, type Json, json } from './files.ts';

export interface Resource {
  id: string;
  Type: string;
  Properties: Json;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Made {
  settings: Settings;
  templates: Map<string, Json>; // by the name of the stack without that of the installation
  bytes: number;
  seconds: number;
  findings: string[]; // of the validation
}

const made = new Map<string, Made>();
export function make(given: Record<string, unknown> = EXAMPLE): Made {
  const key = JSON.stringify(given);
  const found = made.get(key);
  if (found) return found;
  const settings = checked(given);
  const begun = performance.now();
  const { context } = json('deploy/cdk.json');
  const assembly = makeApp(settings, { context, analyticsReporting: false }).synth();
  const templates = new Map<string, Json>();
  let bytes = 0;
  for (const { stackName, template } of assembly.stacksRecursively) {
    templates.set(stackName.slice(settings.name.length + 1), template);
    bytes += JSON.stringify(template, null, 1).length;
  }
  const report = JSON.parse(
    fs.readFileSync(path.join(assembly.directory, 'validation-report.json'), 'utf8'),
  );
  const findings = report.pluginReports.flatMap((plugin: Json) =>
    plugin.violations.map(
      (found: Json) => `${found.severity} ${found.ruleName} ${found.description}`,
    ),
  );
  const one = { settings, findings, templates, bytes, seconds: (performance.now() - begun) / 1000 };
  made.set(key, one);
  return one;
}

// The resources of a type, of one stack or of all.
export function resources({ templates }: Made, type: string, stack?: string): Resource[] {
  return [...templates]
    .filter(([name]) => !stack || name === stack)
    .flatMap(([, template]) => Object.entries<Json>(template.Resources ?? {}))
    .filter(([, { Type }]) => Type === type)
    .map(([id, resource]) => ({ id, ...resource }));
}

export function one(all: Made, type: string, stack?: string): Json {
  const found = resources(all, type, stack);
  if (found.length !== 1) throw new Error(`${found.length} of ${type} instead of one`);
  return found[0]!.Properties;
}

// A value of a template as text: references become {Name}, what is joined is one text.
export function text(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(text).join(',');
  const [[name, of]] = Object.entries<Json>(value) as [[string, Json]];
  if (name === 'Ref') return `{${of}}`;
  if (name === 'Fn::GetAtt') return `{${of.join('.')}}`;
  if (name === 'Fn::ImportValue') return `{${text(of)}}`;
  if (name === 'Fn::GetStackOutput') return `{${of.StackName}.${of.OutputName}}`;
  if (name === 'Fn::Join') return of[1].map(text).join(of[0]);
  if (name === 'Fn::Select') return `{${text(of[1])}[${of[0]}]}`;
  if (name === 'Fn::Split') return text(of[1]);
  if (name === 'Fn::Sub') return text(of);
  return JSON.stringify(value);
}

export interface Container {
  task: string; // its family, without the name of the installation
  definition: Json;
  container: Json;
  environment: Map<string, Json>;
  secrets: Map<string, Json>;
}

const pairs = (list: Json[] | undefined, value: string) =>
  new Map<string, Json>((list ?? []).map((entry) => [entry.Name, entry[value]]));

export function containers(all: Made): Container[] {
  return resources(all, 'AWS::ECS::TaskDefinition').map(({ Properties: definition }) => {
    const [container] = definition.ContainerDefinitions;
    return {
      task: definition.Family.slice(all.settings.name.length + 1),
      definition,
      container,
      environment: pairs(container.Environment, 'Value'),
      secrets: pairs(container.Secrets, 'ValueFrom'),
    };
  });
}

export function container(all: Made, task: string): Container {
  const found = containers(all).find((one) => one.task === task);
  if (!found) throw new Error(`there is no task ${task}`);
  return found;
}

export interface Right {
  action: string;
  resource: string;
}

// All that the role of a task allows: its own policies, inline or attached.
export function rightsOfRole(all: Made, role: string): Right[] {
  const policies = resources(all, 'AWS::IAM::Policy')
    .filter(({ Properties: { Roles: roles } }) => roles.some((one: Json) => one.Ref === role))
    .map(({ Properties }) => Properties.PolicyDocument);
  const own = resources(all, 'AWS::IAM::Role').find(({ id }) => id === role)!.Properties;
  if (own.ManagedPolicyArns) throw new Error(`${role} has managed policies`);
  for (const { PolicyDocument } of own.Policies ?? []) policies.push(PolicyDocument);
  const list = (value: Json) => (Array.isArray(value) ? value : [value]);
  return policies
    .flatMap(({ Statement: statements }) => statements)
    .flatMap((statement: Json) => {
      if (statement.Effect !== 'Allow' || statement.Condition)
        throw new Error(`a statement of ${role} is not a plain permission`);
      return list(statement.Action).flatMap((action) =>
        list(statement.Resource).map((resource) => ({ action, resource: text(resource) })),
      );
    });
}
