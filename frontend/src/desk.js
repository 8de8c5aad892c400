import "./common.js";
import "./idle.js";
import "./places.js";
import "./room.js";
