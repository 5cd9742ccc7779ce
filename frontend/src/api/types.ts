/* Short names for the API's types. schema.ts is generated from docs/openapi.yaml. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Crud = Schemas['Crud'];
export type CrudWithReplies = Schemas['CrudWithReplies'];
export type HandleCheck = Schemas['HandleCheck'];
export type Me = Schemas['Me'];
export type Message = Schemas['Message'];
export type MessageGroup = Schemas['MessageGroup'];
export type Notification = Schemas['Notification'];
export type Profile = Schemas['Profile'];
export type Relation = Schemas['Relation'];
export type NewReport = Schemas['NewReport'];
export type Report = Schemas['Report'];
export type ReportDecision = Schemas['ReportDecision'];
export type ReportedText = Schemas['ReportedText'];
export type SentMessage = Schemas['SentMessage'];
export type Settings = Schemas['Settings'];
export type TimeToLive = Schemas['TimeToLive'];
export type Trend = Schemas['Trend'];
export type UserCruds = Schemas['UserCruds'];
export type UserShort = Schemas['UserShort'];
