// The few words that scripts say, in the language of the page (web/kit/page_tags.py: script_words).

const element = document.getElementById("words");
const words = element ? JSON.parse(element.textContent) : {};

export function say(key, value = "") {
  return (words[key] || "").replace("{}", value);
}

export function line(text, name) {
  const one = document.createElement("p");
  one.className = name;
  one.setAttribute("role", "status");
  one.textContent = text;
  return one;
}
