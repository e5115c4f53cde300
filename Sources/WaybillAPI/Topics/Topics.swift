import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

/// Operations on topics.
enum Topics {
    static let operations: [Operation] = [listTopics, showTopic, putTopic, deleteTopic, retention]
}
