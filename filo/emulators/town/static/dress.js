// How each provider's app looks and what its customers can do there. One row for each kind: `sides`
// are talk (a private thread) and square (what everybody reads); `opens` begins something in public;
// `moderates`: the company hides, shows again and removes what people write, on its own page.
// Colours and shapes are in apps.css, by the same kind; the drawings are ours.
import { w } from "/town/words.js";

const HEARTS = ["❤️", "😂", "😮", "😢", "👍"];
const BUBBLE = "M4.500 20l1.400-4.200A8 8 0 1 1 9 18.600z";
const SQUARE = "M4 5h16v11H10l-5 4v-4H4z";

const DRESSES = {
  whatsapp: { name: "WhatsApp", glyph: `${BUBBLE}M9 12l2.200 2.200L15.500 10`, faces: ["👍", "❤️", "😂", "😮", "🙏"] },
  messenger: { name: "Messenger", glyph: `${BUBBLE}M8.500 13l2.500-2.500 2 2 2.500-2.500`, faces: HEARTS, spots: false, acts: ["block", "unblock"] },
  instagram: { name: "Instagram", begins: true, moderates: true, sides: ["talk", "square"], glyph: "M4 5h16v14H4zM12 15.500c-3-2-3.800-3.200-3.800-4.400 0-2 2.700-2.500 3.800-.6 1.100-1.900 3.800-1.400 3.800.6 0 1.200-.8 2.400-3.800 4.400z", faces: HEARTS, spots: false },
  facebook_page: { name: "Facebook", sides: ["square"], opens: "post", moderates: true, glyph: "M6 21V4h11l-2.500 4L17 12H6" },
  x: { name: "X", sides: ["talk", "square"], opens: "post", glyph: "M9.500 4l-2 16M16.500 4l-2 16M4.500 9h16M3.500 15h16", faces: HEARTS, spots: false },
  telegram: { name: "Telegram", glyph: "M12 2.500l6.500 7.500L12 17.500 5.500 10zM12 2.500v15M5.500 10h13M12 17.500c0 2 2 1.500 2 4", faces: ["👍", "❤️", "🔥", "🎉", "😢"], edits: true, marks: true, withdraws: false, acts: ["start", "block", "unblock"] },
  wechat: { name: "WeChat", glyph: "M3 17l.9-2.900A5.800 5.300 0 1 1 7 16zM15.500 9.200a5.300 4.900 0 0 1 3.700 8.300l.6 2.300-2.500-1a5.500 5 0 0 1-6.300-2.600", acts: ["follow", "unfollow", "block", "unblock"], withdraws: false },
  sms: { name: "SMS", numbered: true, glyph: `${SQUARE}M8 9h8M8 12h5`, spots: false, withdraws: false, acts: ["stop", "start", "help"] },
  line: { name: "LINE", glyph: "M12 4c5 0 8.500 2.900 8.500 6.600 0 2.300-2.500 5-8.500 9.400v-2.900c-5-.2-8.500-2.800-8.500-6.500S7 4 12 4zM8.500 10.500h7", acts: ["follow", "unfollow"] },
  viber: { name: "Viber", glyph: `${BUBBLE}M8.500 11v2M11 9.500v5M13.500 10.500v3M16 11.500v1`, acts: ["follow", "unfollow"], withdraws: false },
  apple: { name: w("app_messages"), glyph: "M12 4.500c5 0 8.500 3 8.500 6.800s-3.500 6.800-8.500 6.800c-.8 0-1.600-.1-2.300-.2L5.500 20l.8-3.300c-1.800-1.300-2.800-3.200-2.800-5.400C3.500 7.500 7 4.500 12 4.500z", faces: ["❤️", "👍", "👎", "😂", "‼️"], spots: false, withdraws: false, acts: ["close"] },
  reviews: { name: w("app_reviews"), sides: ["square"], opens: "review", comments: false, glyph: "M12 3.500l2.600 5.400 5.900.8-4.300 4.100 1 5.900-5.200-2.800-5.200 2.800 1-5.900L3.500 9.700l5.900-.8z" },
  app: { name: "Brezza", closes: true, marks: true, withdraws: false, acts: ["log_out", "uninstall"], glyph: "M3 9c6 .5 11-1 15-5-1.500 6-7 8.500-13 8.500M8 18c5 .2 9-1.800 12-6-.5 5.500-5 8-9.500 8" },
};
const UNKNOWN = { glyph: BUBBLE };

export function dressed({ kind, name: account }, several) {
  const dress = { sides: ["talk"], ...(DRESSES[kind] ?? UNKNOWN), kind, account };
  dress.name ??= kind;
  return { ...dress, label: several ? `${dress.name} ${account}` : dress.name };
}
