// alarms.ts - alarms from what AWS counts by itself, in the places of the alerts of docs/metrics/alerts.yaml
// that need Prometheus. Each is named after the alert whose entry in docs/operations.md says what to do.
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as cw from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

import type { App } from './app.ts';
import type { Surroundings } from './containers.ts';
import { type Settings, type Size, sizeOf } from './settings.ts';

const GB = 1024 ** 3;

// The objectives and burn rates of docs/metrics/alerts.yaml.
export const FAILED = 0.001;
export const SLOW = 0.01;
export const SLOW_S = 0.25;
export const BURN = {
  Fast: { rate: 14.4, long: Duration.hours(1), short: Duration.minutes(5) },
  Slow: { rate: 6, long: Duration.hours(6), short: Duration.minutes(30) },
};
// Alarms without an alert of Prometheus; docs/deploy.md has their entries.
export const ONLY_HERE = { CruddurJobs: true };
const LEAST = 10; // failed requests; where there are few, one of them is no trend

interface Condition {
  metric: cw.IMetric;
  above?: number;
  below?: number;
  periods?: number;
  missing?: cw.TreatMissingData;
}

export class Alarms extends Stack {
  private readonly topic: sns.Topic;
  private readonly settings: Settings;

  constructor(scope: Construct, app: App, surroundings: Surroundings) {
    const { settings, pages, data } = surroundings;
    super(scope, `${settings.name}-alarms`, { description: 'Cruddur: alarms' });
    this.settings = settings;
    const size = sizeOf(settings);
    this.topic = new sns.Topic(this, 'Topic', {
      topicName: `${settings.name}-alarms`,
      enforceSSL: true,
    });
    if (settings.alarmEmail) this.topic.addSubscription(new EmailSubscription(settings.alarmEmail));
    new CfnOutput(this, 'TopicArn', { value: this.topic.topicArn });

    for (const [speed, { rate, long, short }] of Object.entries(BURN)) {
      this.errors(`CruddurErrors${speed}`, rate * FAILED, [long, short], pages.balancerName);
      this.latency(`CruddurLatency${speed}`, rate * SLOW, [long, short], pages.balancerName);
    }
    this.alarm('CruddurDown', 'fewer edges answer than there should be', {
      metric: pages.edges.metrics.healthyHostCount({
        period: Duration.minutes(1),
        statistic: 'Minimum',
      }),
      below: size.edge.min,
      periods: 3,
      missing: cw.TreatMissingData.BREACHING,
    });
    for (const [name, service] of app.replicas)
      this.alarm(
        'CruddurSlow',
        `the ${name === 'replicas' ? name : `replicas of ${name}`} need more processor time than they may get`,
        {
          metric: service.metricCpuUtilization({ period: Duration.minutes(5) }),
          above: 80,
          periods: 3,
        },
        name === 'replicas' ? '' : name,
      );
    this.database(data.instance, size.database);
    this.table(data.table.tableName);
    this.alarm('CruddurJobs', 'the task of the jobs cannot be started', {
      metric: new cw.Metric({
        namespace: 'AWS/Events',
        metricName: 'FailedInvocations',
        dimensionsMap: { RuleName: app.jobs.ruleName },
        period: Duration.minutes(5),
        statistic: 'Sum',
      }),
      above: 0,
      periods: 3,
    });
  }

  private nameOf(alert: string, more = '') {
    return `${this.settings.name}-${alert}${more && `-${more}`}`;
  }

  private make(id: string, alarmName: string, text: string, condition: Condition): cw.Alarm {
    const {
      metric,
      above,
      below,
      periods = 1,
      missing = cw.TreatMissingData.NOT_BREACHING,
    } = condition;
    return new cw.Alarm(this, id, {
      alarmName,
      alarmDescription: text,
      metric,
      threshold: above ?? below!,
      comparisonOperator:
        above === undefined
          ? cw.ComparisonOperator.LESS_THAN_THRESHOLD
          : cw.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: missing,
    });
  }

  private static runbook(alert: string) {
    return `docs/${alert in ONLY_HERE ? 'deploy' : 'operations'}.md#${alert.toLowerCase()}`;
  }

  private alarm(alert: string, text: string, condition: Condition, more = ''): void {
    const made = this.make(
      alert + more,
      this.nameOf(alert, more),
      `${text}: ${Alarms.runbook(alert)}`,
      condition,
    );
    made.addAlarmAction(new SnsAction(this.topic));
    made.addOkAction(new SnsAction(this.topic));
  }

  // The long window says that it matters, the short one that it goes on.
  private both(alert: string, text: string, conditions: Condition[]): void {
    const [long, short] = conditions.map((condition, i) =>
      this.make(
        `${alert}${i}`,
        this.nameOf(alert, i === 0 ? 'long' : 'short'),
        `a part of ${alert}`,
        condition,
      ),
    );
    const made = new cw.CompositeAlarm(this, alert, {
      compositeAlarmName: this.nameOf(alert),
      alarmDescription: `${text}: ${Alarms.runbook(alert)}`,
      alarmRule: cw.AlarmRule.allOf(
        cw.AlarmRule.fromAlarm(long!, cw.AlarmState.ALARM),
        cw.AlarmRule.fromAlarm(short!, cw.AlarmState.ALARM),
      ),
    });
    made.addAlarmAction(new SnsAction(this.topic));
    made.addOkAction(new SnsAction(this.topic));
  }

  private balancer(
    metricName: string,
    period: Duration,
    statistic: string,
    LoadBalancer: string,
  ): cw.Metric {
    return new cw.Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensionsMap: { LoadBalancer },
      period,
      statistic,
    });
  }

  // The share of the requests that are answered with a 5xx, by the product or by the balancer itself.
  private errors(alert: string, share: number, windows: Duration[], balancer: string): void {
    const failed = '(FILL(target, 0) + FILL(own, 0))';
    const condition = (period: Duration, i: number): Condition => ({
      metric: new cw.MathExpression({
        expression:
          i === 0 ? `IF(${failed} >= ${LEAST}, ${failed} / requests, 0)` : `${failed} / requests`,
        usingMetrics: {
          target: this.balancer('HTTPCode_Target_5XX_Count', period, 'Sum', balancer),
          own: this.balancer('HTTPCode_ELB_5XX_Count', period, 'Sum', balancer),
          requests: this.balancer('RequestCount', period, 'Sum', balancer),
        },
        period,
        label: 'share of 5xx',
      }),
      above: share,
    });
    this.both(alert, `${(100 * share).toFixed(2)}% of the requests fail`, windows.map(condition));
  }

  // A share of the requests is slower than the objective when that percentile is.
  private latency(alert: string, share: number, windows: Duration[], balancer: string): void {
    const percentile = `p${(100 * (1 - share)).toFixed(1).replace('.0', '')}`;
    const condition = (period: Duration): Condition => ({
      metric: this.balancer('TargetResponseTime', period, percentile, balancer),
      above: SLOW_S,
    });
    this.both(
      alert,
      `${(100 * share).toFixed(1)}% of the requests are slow`,
      windows.map(condition),
    );
  }

  private database(instance: rds.DatabaseInstance, size: Size['database']): void {
    const alert = 'CruddurDependencyDown';
    const period = Duration.minutes(5);
    this.alarm(
      alert,
      'PostgreSQL has few connections left',
      {
        metric: instance.metricDatabaseConnections({ period, statistic: 'Maximum' }),
        above: 0.85 * size.connections,
        periods: 2,
      },
      'connections',
    );
    this.alarm(
      alert,
      'PostgreSQL needs more processor time than it may get',
      { metric: instance.metricCPUUtilization({ period }), above: 85, periods: 3 },
      'cpu',
    );
    this.alarm(
      alert,
      'the disk of PostgreSQL fills faster than it grows',
      {
        metric: instance.metricFreeStorageSpace({ period, statistic: 'Minimum' }),
        below: 0.1 * size.storage * GB,
        periods: 3,
      },
      'storage',
    );
  }

  private table(TableName: string): void {
    const metric = (metricName: string, dimensionsMap: Record<string, string>) =>
      new cw.Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap,
        period: Duration.minutes(5),
        statistic: 'Sum',
      });
    for (const kind of ['Read', 'Write'])
      this.alarm(
        'CruddurRetries',
        `DynamoDB throttles ${kind.toLowerCase()}s`,
        { metric: metric(`${kind}ThrottleEvents`, { TableName }), above: 10, periods: 2 },
        kind.toLowerCase(),
      );
  }
}
