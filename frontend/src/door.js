import "./common.js";
import "./places.js";
import "./consult.js";
import "./room.js";
