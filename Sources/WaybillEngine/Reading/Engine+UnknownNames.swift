import WaybillBroker
package import WaybillCore

/// Names that a list was asked for and that the file does not have: a misspelled one would find nothing in silence.
extension Engine {
    /// A name of a filter that nothing in the file has.
    package struct UnknownName: Hashable, Sendable {
        package enum Kind: String, Sendable, CaseIterable { case status, workflow, timeout, topic, event, producer }
        package let kind: Kind
        package let name: Text
        /// The one that was probably meant.
        package let meant: Text?
    }

    /// The names of a filter that the file's workflows do not have. Statuses are known where the workflows write them
    /// out; one that computes its status could have any, and so could one whose text does not compile any more.
    package func unknownNames(in filter: OrderFilter) -> [UnknownName] {
        var unknown: [UnknownName] = []
        if let name = filter.workflow {
            let names = catalogue.allNames
            if !names.contains(name) {
                unknown.append(Self.unknown(.workflow, name.text, among: Set(names.map(\.text))))
            }
        }
        var statuses = (filter.statusText.map { [$0] } ?? []) + filter.otherStatuses
        // Texts are compiled for it, which a list that asks for no status need not pay.
        guard !statuses.isEmpty, let workflows = catalogue.all() else { return unknown }
        var known: Set<Text> = []
        for workflow in workflows {
            guard let own = workflow.statuses else { return unknown }
            statuses.removeAll { own.contains($0) }
            known.formUnion(own)
        }
        return unknown + statuses.map { Self.unknown(.status, $0, among: known) }
    }

    /// The name of a timeout, when no workflow of the file has one of that name. Nil also when a text does not compile
    /// any more: it could have it.
    package func unknownName(ofTimeout name: TimeoutName) -> UnknownName? {
        guard let workflows = catalogue.all() else { return nil }
        let known = Set(workflows.flatMap { $0.timeouts.map(\.name.text) })
        return known.contains(name.text) ? nil : Self.unknown(.timeout, name.text, among: known)
    }

    /// The name of a topic, when the file has none of that name.
    package func unknownName(ofTopic name: TopicName) throws -> UnknownName? {
        guard try messages.topic(name) == nil else { return nil }
        let known = try messages.topics(limit: MessageReader.pageMax).map(\.name.text)
        return Self.unknown(.topic, name.text, among: Set(known))
    }

    /// The names of those types of events that neither a workflow of the file has nor the engine.
    ///
    /// - Parameter isOfActs: whether they are looked for among what belongs to no order and no stock.
    package func unknownNames(ofEvents types: [Text], isOfActs: Bool = false) -> [UnknownName] {
        var known = EngineEvents.ofActs
        if !isOfActs {
            // A text that does not compile any more, or one that declares no commands, takes any.
            guard let workflows = catalogue.all(), workflows.allSatisfy({ !$0.commands.isEmpty }) else { return [] }
            known.formUnion(EngineEvents.ofOrders)
            known.formUnion(EngineEvents.ofStock)
            known.formUnion(workflows.flatMap { $0.commands.map(\.name.text) })
        }
        return types.filter { !known.contains($0) }.map { Self.unknown(.event, $0, among: known) }
    }

    /// The name of a producer, when no undecided half message is of that one.
    package func unknownName(ofProducer name: Text) throws -> UnknownName? {
        let known = Set(try messages.halfMessages(after: nil, limit: MessageReader.pageMax).views.map(\.producer))
        return known.contains(name) ? nil : Self.unknown(.producer, name, among: known)
    }

    private static func unknown(_ kind: UnknownName.Kind, _ name: Text, among known: Set<Text>) -> UnknownName {
        UnknownName(kind: kind, name: name, meant: nearestName(to: name, among: known.sorted()))
    }
}
