import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';

@ObjectType({ description: 'Requests of a person, counted by UTC day.' })
export class Usage {
  @Field(() => Int, { description: 'All requests so far.' })
  totalRequests!: number;

  @Field(() => Int, { description: 'Requests of today.' })
  dailyRequests!: number;

  @Field(() => Int, { nullable: true, description: 'Most requests a day; null is unlimited.' })
  dailyLimit!: number | null;

  @Field(() => Int, { nullable: true, description: 'What is left of today; null is unlimited.' })
  remainingRequests!: number | null;
}

export enum PythonSkillLevel {
  BEGINNER = 'beginner',
  INTERMEDIATE = 'intermediate',
}
registerEnumType(PythonSkillLevel, {
  name: 'PythonSkillLevel',
  description: 'How much Python somebody knows.',
  valuesConfig: { BEGINNER: { description: 'New to it.' }, INTERMEDIATE: { description: 'Writes it already.' } },
});

export enum CodeOutputStructure {
  MINIMAL = 'minimal',
  STANDARD = 'standard',
  DETAILED = 'detailed',
}
registerEnumType(CodeOutputStructure, {
  name: 'CodeOutputStructure',
  description: 'How much stands around the code of an answer.',
  valuesConfig: {
    MINIMAL: { description: 'The code alone.' },
    STANDARD: { description: 'Code with short comments.' },
    DETAILED: { description: 'Code with comments and usage.' },
  },
});

export enum ExplanationStyle {
  BRIEF = 'brief',
  STANDARD = 'standard',
  DETAILED = 'detailed',
  EDUCATIONAL = 'educational',
}
registerEnumType(ExplanationStyle, {
  name: 'ExplanationStyle',
  description: 'How an answer explains.',
  valuesConfig: {
    BRIEF: { description: 'In a sentence.' },
    STANDARD: { description: 'What matters.' },
    DETAILED: { description: 'Every step.' },
    EDUCATIONAL: { description: 'As a teacher would.' },
  },
});

@ObjectType({ description: 'How somebody likes their code and explanations.' })
export class Preferences {
  @Field(() => PythonSkillLevel, { description: 'How much Python they know.' })
  pythonSkillLevel!: PythonSkillLevel;

  @Field(() => CodeOutputStructure, { description: 'How much stands around the code.' })
  codeOutputStructure!: CodeOutputStructure;

  @Field(() => ExplanationStyle, { description: 'How things are explained.' })
  explanationStyle!: ExplanationStyle;
}
