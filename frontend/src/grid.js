// A grid that is filled in from paper without a mouse: the arrows move from cell to cell, a key sets what stands there, Enter
// goes down. `data-grid` names the keys of a cell. Without this script the tabulator moves, and the server says what is wrong.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0] };

function start(box) {
  const rows = [...box.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.querySelector("input")));
  const keys = box.dataset.grid;
  const isCell = (input) => input.classList.contains("grid-cell");

  const placeOf = (input) => {
    const row = rows.findIndex((cells) => cells.includes(input));
    return [row, row < 0 ? -1 : rows[row].indexOf(input)];
  };

  // The next input that way; what is on the list already has none and is stepped over.
  const next = (input, [down, right]) => {
    let [row, column] = placeOf(input);
    do {
      row += down;
      column += right;
    } while (rows[row] && column >= 0 && column < rows[row].length && !rows[row][column]);
    return rows[row]?.[column];
  };

  // Within words the arrows move the caret first.
  const isAtEdge = (input, right) => {
    if (isCell(input) || !right) return true;
    if (input.selectionStart !== input.selectionEnd) return false;
    return right < 0 ? input.selectionStart === 0 : input.selectionEnd === input.value.length;
  };

  box.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const plain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.isComposing);
    if (!step || !plain || !(event.target instanceof HTMLInputElement) || !isAtEdge(event.target, step[1])) return;
    event.preventDefault(); // Enter in a cell sends nothing
    next(event.target, step)?.focus();
  });
  box.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLInputElement && isCell(event.target)) event.target.select(); // a key replaces what stands there
  });
  box.addEventListener("input", (event) => {
    const input = event.target;
    if (!isCell(input) || !input.value || event.isComposing) return;
    const typed = input.value.normalize("NFKC").slice(-1);
    input.value = keys.includes(typed) ? typed : "";
    input.select();
  });
}

document.querySelectorAll("[data-grid]").forEach(start);
