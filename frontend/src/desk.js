import "./common.js";
import "./grid.js";
import "./idle.js";
import "./masks.js";
import "./picker.js";
import "./places.js";
import "./room.js";
