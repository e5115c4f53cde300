import Waybill

/// An order whose timeout arms itself for a time that has passed: it fires until the write, or the order, may no more.
let mill = WorkflowText(
    """
    id: mill
    version: 1
    commands: {start: {data: {at: time}}, halt: {}}
    context: {at: time, turns: count}
    initial: turning
    states:
      turning:
        after: {turn: {at: at, target: turning, actions: [{assign: {turns: + 1}}]}}
        on: {halt: halted}
      halted: {type: final}
    """, source: "mill.yaml")
