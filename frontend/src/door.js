import "./common.js";
import "./places.js";
import "./room.js";
