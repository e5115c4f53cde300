import Testing
import WaybillCore
import WorkflowFile
import Workflows

@Suite struct `A drawing` {
    private static let text = """
        id: small
        version: 1
        type: parallel
        on: {stop: money.unpaid}
        states:
          money:
            initial: unpaid
            states:
              unpaid:
                after: {30m: closed, window: {at: order.placed_at + 1d, target: closed}}
                on:
                  pay: {guard: "order.version > 1 AND 'a;b' <> 'c'", target: paid.new}
                  look: {actions: [{send: {topic: t}}]}
              paid: {initial: new, states: {new: {on: {back: money.unpaid}}}}
              closed: {type: final}
          goods: {initial: here, states: {here: {on: {go: gone}}, gone: {always: {guard: 1 = 2, target: here}}}}
        """

    @Test func `in Mermaid shows regions, children and lifted arrows`() throws {
        #expect(
            drawMermaid(try WorkflowFile.load(Self.text)) == """
                stateDiagram-v2
                    state "small" as s0 {
                        state "money" as s1 {
                            state "unpaid" as s2
                            note right of s2
                                look
                            end note
                            state "paid" as s3 {
                                state "new" as s4
                                [*] --> s4
                            }
                            state "closed" as s5
                            s5 --> [*]
                            [*] --> s2
                            s2 --> s3 : pay [order.version #gt; 1 AND 'a#59;b' #lt;#gt; 'c'] -#gt; money.paid.new
                            s2 --> s5 : after 30m
                            s2 --> s5 : at order.placed_at + 1d (window)
                            s3 --> s2 : new#58; back
                        }
                        --
                        state "goods" as s6 {
                            state "here" as s7
                            state "gone" as s8
                            [*] --> s7
                            s7 --> s8 : go
                            s8 --> s7 : always [1 = 2]
                        }
                    }
                    s0 --> s0 : stop -#gt; money.unpaid

                """)
    }

    @Test func `in DOT shows clusters, final states and labels`() throws {
        #expect(
            drawDOT(try WorkflowFile.load(Self.text)) == """
                digraph "small" {
                    compound=true; rankdir=LR; fontname="Helvetica";
                    node [shape=box, style=rounded, fontname="Helvetica"];
                    edge [fontname="Helvetica", fontsize=10];
                    subgraph cluster_0 {
                        label="small"; style="rounded";
                        s0 [shape=point, style=invis, label=""];
                        subgraph cluster_1 {
                            label="money"; style="rounded,dashed";
                            s1 [shape=point, label=""];
                            s1 -> s2;
                            s2 [label="unpaid\\nlook"];
                            subgraph cluster_3 {
                                label="paid"; style="rounded";
                                s3 [shape=point, label=""];
                                s3 -> s4;
                                s4 [label="new"];
                            }
                            s5 [label="closed", peripheries=2];
                        }
                        subgraph cluster_6 {
                            label="goods"; style="rounded,dashed";
                            s6 [shape=point, label=""];
                            s6 -> s7;
                            s7 [label="here"];
                            s8 [label="gone"];
                        }
                    }
                    s0 -> s2 [label="stop", ltail=cluster_0];
                    s2 -> s4 [label="pay [order.version > 1 AND 'a;b' <> 'c']"];
                    s2 -> s5 [label="after 30m"];
                    s2 -> s5 [label="at order.placed_at + 1d (window)"];
                    s4 -> s2 [label="back"];
                    s7 -> s8 [label="go"];
                    s8 -> s7 [label="always [1 = 2]"];
                }

                """)
    }

    @Test(arguments: ShippedWorkflows.all.map(\.name)) func `has every state and balanced braces`(name: String) throws {
        let workflow = try WorkflowFile.load(shippedText(name))
        for drawing in [drawMermaid(workflow), drawDOT(workflow)] {
            #expect(drawing.count { $0 == "{" } == drawing.count { $0 == "}" })
            for state in workflow.states { #expect(drawing.contains("\"\(state.name)") || state.path.isEmpty) }
        }
    }
}
