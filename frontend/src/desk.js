import "./common.js";
import "./idle.js";
import "./picker.js";
import "./places.js";
import "./room.js";
