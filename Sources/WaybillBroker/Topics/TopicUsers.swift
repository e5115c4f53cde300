import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Who uses a topic, so that it is not deleted under them: workflows would make it again with their next message, and
/// modules that read it would fail until then.
extension Broker {
    /// Why a topic cannot be deleted because of who uses it; nil: no active workflow sends to it and no installed
    /// module reads it.
    func refusalOfUse(_ topic: TopicRow, in write: borrowing Write) throws -> MessageRefusal? {
        let workflows = workflowsSending?(topic.name) ?? []
        let modules = try write.transaction.modules(reading: topic.number)
        guard !workflows.isEmpty || !modules.isEmpty else { return nil }
        return .topicInUse(topic.name, workflows: workflows, modules: modules)
    }
}

extension TableReader where Self: ~Copyable {
    /// The installed modules whose groups read a topic, by name.
    fileprivate func modules(reading topic: TopicNumber) throws -> [GroupName] {
        var readers: [GroupName] = []
        var walk = PageWalk(after: Text(""), by: \InstalledModuleRow.name)
        while let page = try walk.next({ last, limit in try modules(after: last, limit: limit) }) {
            for module in page {
                // Whose group was deleted reads nothing any more.
                guard let group = try group(GroupName(module.name)) else { continue }
                if try reads(group.number, topic) { readers.append(group.name) }
            }
        }
        return readers
    }

    /// Whether a group has told what it wants of a topic, or has begun to read it.
    private func reads(_ group: GroupNumber, _ topic: TopicNumber) throws -> Bool {
        var walk = PageWalk(after: Int64(0), by: \FilterRow.number)
        while let page = try walk.next({ last, limit in try filters(of: group, after: last, limit: limit) }) {
            if page.contains(where: { $0.topic == topic }) { return true }
        }
        // What a group wants is forgotten when it has not asked for long; how far it came is not.
        var queues = PageWalk<StoredQueueRow, StoredQueueRow?>(after: nil, by: { $0 })
        while let page = try queues.next({ last, limit in try storedQueues(of: topic, after: last, limit: limit) }) {
            for queue in page where try cursor(group: group, queue: queue.number) != nil { return true }
        }
        return false
    }
}
