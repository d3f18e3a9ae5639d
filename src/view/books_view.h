// The books as equations a person can read, and the line that says what was lost.
#pragma once

#include "catalog/mechanism.h"
#include "model/snapshot.h"
#include "view/frame.h"

namespace asynclat {

// When it was read: the equations hold at rest.
enum class ReadWhen { at_rest, while_it_ran };

// The books of the whole run, which began with nothing in flight. Terms that are zero are left
// out, except queued, matched, pending, missed and lost. An identity that does not hold is followed
// by a row that says by how much it is off, and whether missed events explain it.
Frame books_view(const Interval& total, const Description& description, int width,
				 ReadWhen read = ReadWhen::at_rest);

// What one mechanism lost, in a row for each of its books; none where nothing was lost.
Frame loss_lines(const MechanismData& data, const Mechanism& mechanism, int width);

}  // namespace asynclat
