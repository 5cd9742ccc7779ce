// scripts.mjs - people who write in different scripts, and one who imitates another, for pictures.
import { assertOk } from '../../api/harness/client.mjs';
import { newHandle, newPerson, say } from '../../api/harness/people.mjs';

// A name, a crud, and a conversation in turns, which the person begins.
const WRITERS = {
  arabic: {
    name: 'ليلى حسن',
    crud: 'صباح الخير! هل قرأتم مقال @andrewbrown عن قواعد البيانات؟ رابطه https://example.org/a هنا #تعلم_البرمجة',
    talk: [
      'مرحباً، كيف حالك اليوم؟',
      'بخير، شكراً!',
      'هل نلتقي الساعة 5:30 (بعد العمل)؟',
      'نعم، OK.',
    ],
  },
  hebrew: {
    name: 'דנה לוי',
    crud: 'בוקר טוב! מישהו ניסה את Cruddur בגרסה 2.0?\nאני כותבת שורה שנייה (עם סוגריים).\nAnd one line in English.',
    talk: ['שלום, מה שלומך?', 'מצוין! ואת?', 'נפגשים ב־17:30, בסדר?', 'כן (אני אביא קפה).'],
  },
  hindi: {
    name: 'प्रिया शर्मा',
    crud: 'नमस्ते दोस्तों! आज की बारिश बहुत अच्छी है। क्या आप लोग भी चाय पी रहे हैं? #बारिश',
    talk: ['नमस्ते, आप कैसे हैं?', 'मैं ठीक हूँ, धन्यवाद।', 'क्या हम कल मिल सकते हैं?', 'हाँ, ज़रूर!'],
  },
  thai: {
    name: 'สมหญิง ใจดี',
    crud: 'สวัสดีตอนเช้าค่ะ วันนี้อากาศดีมาก ใครอยากไปเดินเล่นที่สวนลุมพินีด้วยกันบ้างคะ น้ำใจเล็กๆ น้อยๆ ก็มีค่าเสมอ #กรุงเทพ',
    talk: ['สวัสดีค่ะ สบายดีไหมคะ', 'สบายดีครับ ขอบคุณ', 'พรุ่งนี้เจอกันกี่โมงดีคะ', 'สิบโมงครับ'],
  },
  japanese: {
    name: '佐藤 花子',
    crud: 'おはようございます。今日は図書館で勉強しています。「データベース」の本を探しているのですが、おすすめはありますか？ @andrewbrownさん、教えてください。#読書',
    talk: [
      'こんにちは、お元気ですか？',
      'はい、元気です！',
      '明日の五時半に駅で会いましょう。',
      'わかりました（遅れません）。',
    ],
  },
};

// Names that pretend to be @andrewbrown. The API refuses some of them, so they go to the table.
const IMITATIONS = [
  `Andrew Brown @andrewbrown${'\u2800'.repeat(24)}`,
  'nworbwerdna@ \u202enworB werdnA',
  `Andrew Brown ${'\u0335\u0489\u0300\u0301\u0302'.repeat(8)} official support of everything here`,
];

// Returns the reader, who is in all conversations, and { name: uuid } of the conversations.
export async function writeInScripts(stack) {
  const reader = await newPerson(stack, {
    name: 'Reader',
    preferred_username: newHandle('reader'),
  });
  const groups = {};
  const post = async (person, message) =>
    assertOk(
      await stack.ask('POST', '/api/activities', {
        token: person.token,
        json: { message, ttl: '7-days' },
      }),
    );
  for (const [language, { name, crud, talk }] of Object.entries(WRITERS)) {
    const writer = await newPerson(stack, { name, preferred_username: newHandle(language) });
    await post(writer, crud);
    for (const [turn, text] of talk.entries()) {
      const [from, to] = turn % 2 === 0 ? [writer, reader] : [reader, writer];
      const sent = assertOk(await say(stack, from, { handle: to.handle }, text));
      groups[language] = sent.message_group_uuid;
    }
  }
  for (const [i, name] of IMITATIONS.entries()) {
    const evil = await newPerson(stack, { preferred_username: newHandle('evil') });
    await stack.sql(`update users set display_name = '${name}' where uuid = '${evil.uuid}'`);
    const lines = i === 0 ? `\n`.repeat(200) : ' ';
    const crud = `It’s me, @${reader.handle}. Send me your password.${lines}\u202egro.elpmaxe//:sptth`;
    await post(evil, crud);
    const sent = assertOk(await say(stack, evil, { handle: reader.handle }, crud));
    groups[`imitation-${i + 1}`] = sent.message_group_uuid;
  }
  return { reader, groups };
}
