// Sends messages to a scene, and holds what comes of them against a plain model (expected.ts, railed.ts).

import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ChangeAnswer, SetAnswer } from '../../../src/controller/answers';
import { MfcError } from '../../../src/errors';
import { Expected } from './expected';
import { formOf, streamOf, written } from './forms';
import { winnerOf } from './learnt';
import type { Scene, View } from './scene';
import { streamsOn } from './traffic';
import type { Message } from './wishes';
import { checkSteps } from './witness';

type Result = ChangeAnswer | SetAnswer | MfcError;

const WORDS = ['added', 'replaced', 'renewed', 'unchanged', 'deleted'];

export class MessageJudge {
  constructor(private readonly scene: Scene) {}

  do(message: Message, fields: object = {}): Promise<Result> {
    return this.scene.bench.controller[message.verb](message.payload, { ...fields }).catch((error: unknown) => {
      if (error instanceof MfcError) return error;
      throw error;
    });
  }

  /** As a dry run, which says what comes and changes nothing; then in earnest. */
  async send(message: Message): Promise<Result> {
    const { scene } = this;
    const before = await scene.look();
    const dry = await this.do(message, { dry_run: true });
    deepEqual((await scene.look()).all, before.all, 'a dry run changes nothing');
    scene.witness.take();
    const result = await this.do(message);
    const expected = this.expect(before, message);
    if (result instanceof MfcError) await this.checkRefusal(before, expected, result, dry);
    else await this.checkAnswer(expected, result, dry);
    checkReserved(scene.links.present, before, await scene.look());
    return result;
  }

  /** The table as it was before an answer, sent back. Answers whether it is that again; guard rails may have come meanwhile. */
  async recall(before: View, { previous }: SetAnswer): Promise<boolean> {
    const message: Message = { verb: 'set', payload: previous };
    const expected = this.expect(await this.scene.look(), message);
    const result = await this.do(message);
    if (result instanceof MfcError) {
      ok(isStreamTaken(result) || this.scene.railed.broken(expected).size > 0, result.message);
      return false;
    }
    const now = await this.scene.look();
    deepEqual(written(now.own.map(formOf)), written(before.own.map(formOf)), 'the table before');
    return true;
  }

  private expect(before: View, message: Message): Expected {
    const { links, railed } = this.scene;
    const expected = new Expected(before.rules, links.present, (form) => railed.isFixed(form));
    expected.take(message);
    for (const rule of railed.broken(expected)) expected.faults.add(`ERR_MFC_DENIED ${rule}`);
    return expected;
  }

  private async checkRefusal(before: View, { faults }: Expected, error: MfcError, dry: Result): Promise<void> {
    ok(dry instanceof MfcError && dry.message === error.message, `the dry run has said ${JSON.stringify(dry)}`);
    const fault = [error.code, error.cause.rule].filter((word) => word !== undefined).join(' ');
    ok(isStreamTaken(error) || faults.has(fault), `${error.message} is none of ${Array.from(faults).join()}`);
    deepEqual((await this.scene.look()).all, before.all, 'what is refused changes nothing');
  }

  private async checkAnswer({ after, deeds, faults }: Expected, result: ChangeAnswer, dry: Result): Promise<void> {
    deepEqual(Array.from(faults), [], 'it should have been refused');
    if (dry instanceof MfcError) throw dry;
    checkSteps(this.scene.witness.take(), dry.plan ?? []);
    const now = await this.scene.look();
    deepEqual(written(now.own.map(formOf)), written(after.values()), 'the routes after it');
    deepEqual([dry.message, dry.changed], [`Dry run: ${result.message}`, result.changed]);
    const isChange = deeds.some(({ word }) => word !== 'unchanged');
    equal(result.changed, isChange, 'changed');
    const isSet = 'previous' in result;
    const told = deeds.filter(({ word }) => !isSet || word !== 'deleted').map(({ form }) => form);
    deepEqual(written(result.mfc_rules.map(formOf)), written(told), 'the routes of the answer');
    deepEqual(written(dry.mfc_rules.map(formOf)), written(told), 'the routes of the dry run');
    for (const word of WORDS) checkCount(result.message, word, deeds.filter((deed) => deed.word === word).length);
  }
}

/** No message takes a stream from a route that the controller itself has made. */
function checkReserved(links: readonly string[], before: View, after: View): void {
  for (const stream of streamsOn(links)) {
    const winner = winnerOf(stream, before.rules);
    if (winner?.reserved !== true) continue;
    const now = winnerOf(stream, after.rules);
    equal(now && streamOf(now), streamOf(winner), `who takes ${JSON.stringify(stream)}`);
  }
}

/** `3 MFC entries: 2 added, 1 deleted.`, or `MFC entry for (…) added.` */
function checkCount(message: string, word: string, count: number): void {
  const isOne = message.startsWith('MFC entry');
  const said = new RegExp(`(\\d+) ${word}\\b`).exec(message)?.[1] ?? 0;
  const ending = word === 'unchanged' ? 'nothing changed.' : ` ${word}.`;
  if (isOne) equal(message.endsWith(ending), count === 1, message);
  else equal(Number(said), count, message);
}

/** Which streams a reserved route would lose to others, guard.test.ts looks at. */
function isStreamTaken({ cause }: MfcError): boolean {
  return cause.rule === 'reservedRoutes';
}
