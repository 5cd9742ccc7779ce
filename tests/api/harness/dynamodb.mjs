// dynamodb.mjs - direct access to the DynamoDB table, without the product. Both local engines require
// the headers of a signed request but do not verify them.
import assert from 'node:assert/strict';

export class Table {
  constructor(port, name = 'cruddur-messages') {
    this.url = `http://127.0.0.1:${port}/`;
    this.name = name;
  }

  async call(operation, input) {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `DynamoDB_20120810.${operation}`,
        'X-Amz-Date': '20260101T000000Z',
        Authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, ' +
          'SignedHeaders=host;x-amz-date, Signature=00',
      },
      body: JSON.stringify({ TableName: this.name, ...input }),
    });
    const answer = await response.json();
    assert.equal(response.status, 200, `${operation}: ${JSON.stringify(answer)}`);
    return answer;
  }

  // All items, sorted by key, so that two scans can be compared.
  async scan() {
    const items = [];
    let from;
    do {
      const page = await this.call('Scan', { ConsistentRead: true, ExclusiveStartKey: from });
      items.push(...page.Items);
      from = page.LastEvaluatedKey;
    } while (from);
    const keyOf = (item) => `${item.pk.S} ${item.sk.S}`;
    return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  // The items of one partition, oldest first.
  async partition(pk) {
    const items = [];
    let from;
    do {
      const page = await this.call('Query', {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ExclusiveStartKey: from,
      });
      items.push(...page.Items);
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }

  messages(group) {
    return this.partition(`MSG#${group}`);
  }

  async put(item) {
    await this.call('PutItem', { Item: item });
  }

  // Delete an item. Returns it as it was.
  async remove(pk, sk) {
    const Key = typed({ pk, sk });
    return (await this.call('DeleteItem', { Key, ReturnValues: 'ALL_OLD' })).Attributes;
  }

  // The row of a person in a conversation, as plain values; undefined when it is missing.
  async row(user, group) {
    const Key = typed({ pk: `GRP#${user}`, sk: `GROUP#${group}` });
    const { Item: item } = await this.call('GetItem', { ConsistentRead: true, Key });
    return item && plain(item);
  }

  // Writes { Put | Update: … } of this table, in one transaction.
  async transact(writes) {
    const named = ([kind, write]) => ({ [kind]: { TableName: this.name, ...write } });
    await this.call('TransactWriteItems', {
      TableName: undefined,
      TransactItems: writes.map((write) => named(Object.entries(write)[0])),
    });
  }
}

// Convert DynamoDB's typed attributes, strings and numbers, to { a: 'x', n: 1 }.
export function plain(item) {
  return Object.fromEntries(
    Object.entries(item).map(([name, { S, N }]) => [name, S ?? Number(N)]),
  );
}

// Convert { a: 'x', n: 1 } to DynamoDB's typed attributes.
export function typed(values) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  );
}
