/// How big a workflow may be. A file beyond a limit gets a finding that names it.
package enum WorkflowLimits {
    package static let fileBytesMax = 256 * 1_024
    /// Levels of lists and mappings inside each other.
    package static let nestingMax = 64
    package static let findingsMax = 100
    /// Bytes of the name of a state, event, field, role, topic or timeout.
    package static let nameBytesMax = 64
    package static let statesMax = 256
    package static let commandsMax = 64
    package static let contextFieldsMax = 64
    /// Fields of a command's data, of a raised event or of the elements of a collection.
    package static let recordFieldsMax = 64
    /// Elements of a list or collection, and of all those of an order together.
    package static let elementsMax = 10_000
    package static let rolesMax = 16
    package static let attributesMax = 8
    package static let derivedMax = 32
    package static let invariantsMax = 32
    /// Bytes of a `because:`.
    package static let becauseBytesMax = 300
    package static let timeoutsMax = 64
    package static let childKindsMax = 16
    package static let callsMax = 32
    /// Transitions of one state for one event.
    package static let alternativesMax = 32
    /// Actions of one list.
    package static let actionsMax = 64
    /// Assignments, body fields or properties of one action.
    package static let actionFieldsMax = 64
    /// Raised events of which each takes its data from the one before.
    package static let raiseChainMax = 16
    /// `forEach` inside each other.
    package static let forEachDepthMax = 4
    /// Evaluation steps of one expression: its nodes times the bounds of the collections it runs over.
    package static let expressionCostMax = 1_000_000
    /// Evaluation steps of one list of actions, loops included.
    package static let actionsCostMax = 10_000_000
}
