// The patients of the query benchmark, made from their number alone: surnames and given names about as often as in life
// (a surname like 王 is one in twenty, most have few), so that a prefix is as selective as it is in a hospital.
import { searchText } from '../apps/server/src/modules/archive/instance-head.ts';
import { nameKeys, namePinyin } from '../apps/server/src/modules/mpi/index.ts';

export type BenchPerson = {
  /** 韦小妹 */
  written: string;
  /** Wei^Xiaomei=韦^小妹, or 韦^小妹 for one in three */
  dicom: string;
  search: string;
  pinyin: string;
  initials: string;
  keys: string[];
};

// By frequency; the south-west has its own.
const surnames = [
  ...'王李张刘陈杨黄韦赵周吴覃徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯农陆韩曹曾彭萧蔡潘莫田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟',
  ...'姜崔谭廖范汪兰金石戴贾夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺毛郝顾龚邵万覃严赖武戚莘银甘蓝凌欧温庞樊施翁荀祝祁倪汤',
  ...'滕殷牛洪詹常单向柳齐左岑翟古涂康易庄柯申包卜盛成游阮裴童娄靳植冼劳闭仇容蒙全玉谷班巫玄苗耿关焦管葛聂梅骆安喻芦路牟代',
];
const givens = [
  ...'小明华丽文芳英国建志玉春秀海红军平燕梅霞强勇杰娟涛艳超敏静伟洋娜林云飞东凤兰荣珍生德金俊宇浩婷鹏慧佳欣怡雨子',
  ...'晓永美桂光雪琴斌波辉刚健龙清新成康乐天庆福瑞思嘉诗涵梓轩博晨阳月宁安琪彤悦萱依若妍锦泽睿翔凯峰毅武胜利民权义兴良旺',
];
const [families, parts] = [cumulative(surnames, 6), cumulative(givens, 20)];
const sounds = new Map<string, string>();

export function personAt(index: number): BenchPerson {
  const random = numbers(index);
  const family = pick(surnames, families, random());
  const first = pick(givens, parts, random());
  const given = random() < 0.15 ? first : first + pick(givens, parts, random());
  const written = family + given;
  const latin = `${capital(soundOf(family))}^${capital([...given].map(soundOf).join(''))}`;
  const dicom = index % 3 === 2 ? `${family}^${given}` : `${latin}=${family}^${given}`;
  const { pinyin, initials } = namePinyin(written);
  return {
    written,
    dicom,
    pinyin,
    initials,
    search: searchText(written, dicom),
    keys: nameKeys(written),
  };
}

/** A few of each kind of beginning, common and rare, for questions. */
export function prefixesAt(at: number): { alphabetic: string; characters: string; initials: string } {
  const family = surnames[(at * 7) % 60] ?? '王';
  const given = givens[(at * 3) % 40] ?? '小';
  const [one, other] = [soundOf(family), soundOf(given)];
  return {
    alphabetic: at % 2 === 0 ? `${capital(one)}*` : `${capital(one)}^${capital(other)}*`,
    characters: at % 2 === 0 ? `${family}*` : `${family}${given}*`,
    initials: `${one.charAt(0)}${other.charAt(0)}*`,
  };
}

function soundOf(character: string): string {
  const known = sounds.get(character) ?? namePinyin(character).pinyin.split(' ')[0] ?? '';
  sounds.set(character, known);
  return known;
}

/** Frequencies fall with the rank; `flat` tells how slowly. */
function cumulative(list: readonly string[], flat: number): number[] {
  const weights = list.map((_, rank) => 1 / (rank + flat));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight / all;
    return sum;
  });
}

function pick(list: readonly string[], steps: readonly number[], at: number): string {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 1) < at) low = middle + 1;
    else high = middle;
  }
  return list[low] ?? '';
}

/** The same disorder every time (mulberry32). */
function numbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 2_654_435_761);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
