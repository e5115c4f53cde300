import WaybillCore
import WorkflowFile
import Workflows

/// The text of a workflow file.
public struct WorkflowText: Hashable, Sendable {
    /// Where it comes from, for messages: a file's name.
    public var source: String
    /// YAML or JSON.
    public var text: String

    public init(_ text: String, source: String = "workflow") {
        self.source = source
        self.text = text
    }

    /// The workflows that come with Waybill: standard-order with parcel and after-sale, flash-sale, pre-sale, group-buy
    /// with group-member, member-registration, olist-order.
    public static let shipped: [WorkflowText] = ShippedWorkflows.all.map {
        WorkflowText($0.text, source: "\($0.name).yaml")
    }

    /// A workflow that comes with Waybill, by its name, or nil.
    public static func shipped(_ name: String) -> WorkflowText? {
        shipped.first { $0.source == "\(name).yaml" }
    }
}
